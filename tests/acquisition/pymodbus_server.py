"""A Modbus TCP server that nobody here wrote: pymodbus, with one value of each type in each byte order.

Prints its port, then a line for each tag: area address type order value. Ends when its standard input does.
"""
import asyncio
import logging
import struct
import sys
import types

for name in ("serial", "serial_asyncio"):  # imported by pymodbus even where only TCP is used
    module = types.ModuleType(name)
    module.create_serial_connection = None
    sys.modules.setdefault(name, module)

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server.async_io import ModbusTcpServer

VALUES = {
    "u16": (">H", 54321), "i16": (">h", -12345), "u32": (">I", 3000000001), "i32": (">i", -2000000001),
    "u64": (">Q", 4503599627370497), "i64": (">q", -4503599627370499), "f32": (">f", -0.15625), "f64": (">d", 3.141592653589793),
}


def words(order, big):
    pairs = [big[i:i + 2] for i in range(0, len(big), 2)]
    if order in ("CDAB", "DCBA"):
        pairs.reverse()
    if order in ("BADC", "DCBA"):
        pairs = [pair[::-1] for pair in pairs]
    return [pair[0] << 8 | pair[1] for pair in pairs]


def build():
    registers, lines = [], []
    for name, (form, value) in VALUES.items():
        for order in ("ABCD", "CDAB", "BADC", "DCBA"):
            encoded = struct.pack(form, value)
            lines.append(f"{len(registers)} {name} {order} {value!r}")
            registers += words(order, encoded)
    lines.append(f"{len(registers)} string ABCD SN-0042")
    registers += words("ABCD", b"SN-0042\0")
    return registers, lines


async def main():
    logging.disable(logging.CRITICAL)
    registers, lines = build()
    bits = [1, 0, 1, 1] * 4
    slave = ModbusSlaveContext(
        di=ModbusSequentialDataBlock(0, bits), co=ModbusSequentialDataBlock(0, bits),
        hr=ModbusSequentialDataBlock(0, registers), ir=ModbusSequentialDataBlock(0, registers), zero_mode=True)
    server = ModbusTcpServer(ModbusServerContext(slaves=slave, single=True), address=("127.0.0.1", 0))
    task = asyncio.ensure_future(server.serve_forever())
    while not server.server or not server.server.sockets:
        await asyncio.sleep(0.01)
    print(server.server.sockets[0].getsockname()[1])
    print(*lines, "end", sep="\n", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await server.shutdown()
    task.cancel()


try:
    asyncio.run(main())
except asyncio.CancelledError:
    pass
