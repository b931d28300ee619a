"""A Modbus TCP server that nobody here wrote: pymodbus, holding known values in every type and order. usage: pymodbus_server.py PORT"""
import struct
import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server import StartTcpServer

ORDERS = {
    "ABCD": lambda b: b,
    "CDAB": lambda b: b"".join(b[i:i + 2] for i in range(len(b) - 2, -1, -2)),
    "BADC": lambda b: b"".join(b[i:i + 2][::-1] for i in range(0, len(b), 2)),
    "DCBA": lambda b: b[::-1],
}
VALUES = [
    ("u16", ">H", 65535), ("i16", ">h", -12345), ("u32", ">I", 4000000001), ("i32", ">i", -2000000001),
    ("u64", ">Q", 18446744073709551615), ("i64", ">q", -9007199254740993), ("f32", ">f", 25.0126953125), ("f64", ">d", 24.998700000000003),
]
registers = [0] * 400
place = 0
for _, form, value in VALUES:
    for order in ("ABCD", "CDAB", "BADC", "DCBA"):
        data = ORDERS[order](struct.pack(form, value))
        words = struct.unpack(">%dH" % (len(data) // 2), data)
        registers[place:place + len(words)] = words
        place += 4
registers[200:208] = struct.unpack(">8H", b"A1047-000590\0\0\0\0")
registers[210] = 0x0004
bits = [False, True] * 20
block = lambda values: ModbusSequentialDataBlock(0, values)
slave = ModbusSlaveContext(hr=block(registers), ir=block(registers), co=block(bits), di=block(bits), zero_mode=True)
print("ready", flush=True)
StartTcpServer(context=ModbusServerContext(slaves=slave, single=True), address=("127.0.0.1", int(sys.argv[1])))
