"""A Modbus server that nobody here wrote: pymodbus, with values of every type in many byte orders.

Serves a free TCP port or, when a path is given, a serial line. What pymodbus can encode, its own payload builder encodes; the rest is made of
Python's integers and struct. Prints its port (0 for a line), then a line for each tag, parted by tabs: address, type, further keys of the tag, value
("bad": a sensor fault). Ends when its standard input does.
"""
import asyncio
import logging
import struct
import sys

from pymodbus.constants import Endian
from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.payload import BinaryPayloadBuilder
from pymodbus.server.async_io import ModbusSerialServer, ModbusTcpServer

BUILT = {
    "u16": ("16bit_uint", 54321), "i16": ("16bit_int", -12345), "u32": ("32bit_uint", 3000000001), "i32": ("32bit_int", -2000000001),
    "u64": ("64bit_uint", 4503599627370497), "i64": ("64bit_int", -4503599627370499),
    "f16": ("16bit_float", -5.5), "f32": ("32bit_float", -0.15625), "f64": ("64bit_float", 3.141592653589793),
}
ORDERS = {"ABCD": (">", ">"), "CDAB": (">", "<"), "BADC": ("<", ">"), "DCBA": ("<", "<")}  # of bytes, of words


def bcd(digits):
    return bytes.fromhex(digits)


MADE = {  # type: the bytes of its registers, the most significant first; value
    "u24": (b"\0" + (12345678).to_bytes(3, "big"), 12345678), "i24": (b"\0" + (-1234567).to_bytes(3, "big", signed=True), -1234567),
    "u48": ((200000000000001).to_bytes(6, "big"), 200000000000001), "i48": ((-100000000000001).to_bytes(6, "big", signed=True), -100000000000001),
    "bcd16": (bcd("9071"), 9071), "bcd24": (bcd("00987654"), 987654), "bcd32": (bcd("31415926"), 31415926),
    "sm16": ((0x8000 | 12345).to_bytes(2, "big"), -12345), "sm32": ((0x80000000 | 1234567890).to_bytes(4, "big"), -1234567890),
}
LETTERS = [  # type, struct's form, value, order
    ("u32", ">I", 3000000001, "DACB"), ("f32", ">f", -0.15625, "BDAC"), ("i64", ">q", -4503599627370499, "EFGHABCD"),
    ("f64", ">d", 3.141592653589793, "GHEFCDAB"), ("f64", ">d", 2.718281828459045, "FEHGBADC"), ("u16", ">H", 54321, "BA"),
]


def swapped(order, big):
    pairs = [big[i:i + 2] for i in range(0, len(big), 2)]
    if ORDERS[order][1] == "<":
        pairs.reverse()
    return b"".join(pair[::-1] if ORDERS[order][0] == "<" else pair for pair in pairs)


def words(data):
    return [data[i] << 8 | data[i + 1] for i in range(0, len(data), 2)]


class Map:
    def __init__(self):
        self.registers, self.lines = [], []

    def tag(self, kind, keys, value, at=None):
        self.lines.append(f"{len(self.registers) if at is None else at}\t{kind}\t{keys}\t{value}")

    def put(self, kind, keys, value, data):
        self.tag(kind, keys, value)
        self.registers += words(data)


def builder(order):
    byte, word = ORDERS[order]
    return BinaryPayloadBuilder(byteorder=Endian.Little if byte == "<" else Endian.Big, wordorder=Endian.Little if word == "<" else Endian.Big)


def numbers(plan):
    for order in ORDERS:
        for kind, (method, value) in BUILT.items():
            payload = builder(order)
            getattr(payload, "add_" + method)(value)
            plan.tag(kind, f"order: {order}", repr(value))
            plan.registers += payload.to_registers()
        for kind, (data, value) in MADE.items():
            plan.put(kind, f"order: {order}", value, swapped(order, data))
    for kind, form, value, letters in LETTERS:
        data = struct.pack(form, value)
        plan.put(kind, f"order: {letters}", repr(value), bytes(data[ord(letter) - ord("A")] for letter in letters))
    three = (12345678).to_bytes(3, "big")
    plan.put("u24", "order: CAB", 12345678, bytes([0x55, three[2], three[0], three[1]]))
    plan.put("u24", "order: AB-C", 12345678, bytes([three[0], three[1], 0x55, three[2]]))
    plan.put("i48", "order: BADCFE", -100000000000001, swapped("BADC", MADE["i48"][0]))
    plan.put("u48", "order: DEFABC", 200000000000001, MADE["u48"][0][3:] + MADE["u48"][0][:3])


def parts(plan):
    payload = builder("ABCD")
    payload.add_8bit_int(-2)
    payload.add_8bit_uint(200)
    payload.add_bits([1, 0, 1] + 4 * [0] + [1] + 8 * [0])
    at = len(plan.registers)
    plan.registers += payload.to_registers()
    plan.tag("i8", "byte: high", -2, at)
    plan.tag("u8", "byte: low", 200, at)
    plan.tag("bits", "bit: 8, width: 3", 5, at + 1)
    plan.tag("bits", "bit: 10, width: 6", 0b100001, at + 1)
    plan.tag("bit", "bit: 15", 1, at + 1)
    plan.put("bcd8", "byte: high", 42, bcd("4299"))
    plan.put("i16", "sensor_fault: [0x8000]", "bad", struct.pack(">h", -32768))
    plan.put("f32", "sensor_fault: [-9999.9]", "bad", struct.pack(">f", -9999.9))
    plan.put("f32", "order: ABCD", "bad", struct.pack(">f", float("nan")))
    plan.put("bcd16", "order: ABCD", "bad", bcd("12f4"))


def strings(plan):
    payload = builder("ABCD")
    payload.add_string("SN-0042\0")
    plan.tag("string", "length: 8", "SN-0042")
    plan.registers += payload.to_registers()
    plan.put("string", "length: 8, order: BA", "SN-0042", swapped("BADC", b"SN-0042\0"))
    plan.put("string", "length: 12, padding: space", "SN-0042", b"SN-0042     ")
    plan.put("string", "length: 12, padding: terminated", "SN-0042", b"SN-0042\0\xffold")
    plan.put("string", "length: 7, byte: high", "SN-0042", b"".join(bytes([c, 0x5a]) for c in b"SN-0042"))
    plan.put("string", "length: 7, byte: low", "SN-0042", b"".join(bytes([0x5a, c]) for c in b"SN-0042"))


def build():
    plan = Map()
    numbers(plan)
    parts(plan)
    strings(plan)
    return plan.registers, plan.lines


async def serve(context):
    """Starts serving; its port, and what ends it."""
    if len(sys.argv) > 1:
        server = ModbusSerialServer(context, port=sys.argv[1], baudrate=115200, parity="N", timeout=0)
        await server.start()
        return 0, server
    server = ModbusTcpServer(context, address=("127.0.0.1", 0))
    server.task = asyncio.ensure_future(server.serve_forever())
    while not server.server or not server.server.sockets:
        await asyncio.sleep(0.01)
    return server.server.sockets[0].getsockname()[1], server


async def main():
    logging.disable(logging.CRITICAL)
    registers, lines = build()
    bits = [1, 0, 1, 1] * 4
    slave = ModbusSlaveContext(
        di=ModbusSequentialDataBlock(0, bits), co=ModbusSequentialDataBlock(0, bits),
        hr=ModbusSequentialDataBlock(0, registers), ir=ModbusSequentialDataBlock(0, registers), zero_mode=True)
    port, server = await serve(ModbusServerContext(slaves=slave, single=True))
    print(port, *lines, "end", sep="\n", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await server.shutdown()
    if port:
        server.task.cancel()


try:
    asyncio.run(main())
except asyncio.CancelledError:
    pass
