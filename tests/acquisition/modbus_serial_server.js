"use strict";
/* A Modbus server that nobody here wrote: modbus-serial (npm), with values of every type, encoded by Node's Buffer where it can. Serves a free
 * TCP port or, when a path is given, a serial line. Prints the port (0 for a line), then a line for each tag as pymodbus_server.py does. Ends when
 * its standard input does. */
const { ServerTCP, ServerSerial } = require("modbus-serial");
const registers = [], lines = [], coils = [1, 0, 1, 1].concat(Array(12).fill(0));

function put(type, keys, value, bytes) {
    lines.push([registers.length, type, keys, value].join("\t"));
    for (let i = 0; i < bytes.length; i += 2) registers.push(bytes.readUInt16BE(i));
}
function made(size, method, value, ...rest) {
    const bytes = Buffer.alloc(size);
    bytes[method](value, size - (rest[0] || size), ...rest);
    return bytes;
}
const orders = {
    ABCD: big => Buffer.from(big),
    CDAB: big => Buffer.from(big).swap16().reverse(),
    BADC: big => Buffer.from(big).swap16(),
    DCBA: big => Buffer.from(big).reverse(),
};
const numbers = [
    ["u16", "54321", made(2, "writeUInt16BE", 54321)], ["i16", "-12345", made(2, "writeInt16BE", -12345)],
    ["u24", "12345678", made(4, "writeUIntBE", 12345678, 3)], ["i24", "-1234567", made(4, "writeIntBE", -1234567, 3)],
    ["u32", "3000000001", made(4, "writeUInt32BE", 3000000001)], ["i32", "-2000000001", made(4, "writeInt32BE", -2000000001)],
    ["u48", "200000000000001", made(6, "writeUIntBE", 200000000000001, 6)], ["i48", "-100000000000001", made(6, "writeIntBE", -100000000000001, 6)],
    ["u64", "4503599627370497", made(8, "writeBigUInt64BE", 4503599627370497n)],
    ["i64", "-4503599627370499", made(8, "writeBigInt64BE", -4503599627370499n)],
    ["f16", "-5.5", Buffer.from("c580", "hex")], ["f32", "-0.15625", made(4, "writeFloatBE", -0.15625)],
    ["f64", "3.141592653589793", made(8, "writeDoubleBE", Math.PI)],
    ["bcd16", "9071", Buffer.from("9071", "hex")], ["bcd24", "987654", Buffer.from("00987654", "hex")],
    ["bcd32", "31415926", Buffer.from("31415926", "hex")],
    ["sm16", "-12345", made(2, "writeUInt16BE", 0x8000 + 12345)], ["sm32", "-1234567890", made(4, "writeUInt32BE", 0x80000000 + 1234567890)],
];
for (const order in orders)
    for (const [type, value, big] of numbers) put(type, "order: " + order, value, orders[order](big));
put("u8", "byte: high", "200", Buffer.from([200, 7]));
put("i8", "byte: low", "-2", Buffer.from([7, 0xfe]));
put("bcd8", "byte: low", "42", Buffer.from([0x99, 0x42]));
put("bits", "bit: 8, width: 3", "5", Buffer.from([0xf5, 0xff]));
put("bit", "bit: 15", "1", Buffer.from([0x80, 0]));
put("f32", "order: ABCD", "bad", made(4, "writeFloatBE", NaN));
put("string", "length: 8", "SN-0042", Buffer.from("SN-0042\0"));
put("string", "length: 8, order: BA", "SN-0042", Buffer.from("SN-0042\0").swap16());

const there = (list, at) => {
    if (at in list) return list[at];
    throw Object.assign(new Error("illegal address"), { modbusErrorCode: 2 });
};
const vector = {
    getHoldingRegister: at => there(registers, at),
    getInputRegister: at => there(registers, at),
    getCoil: at => there(coils, at) === 1,
    getDiscreteInput: at => there(coils, at) === 1,
    setRegister: (at, value) => { registers[at] = value; },
    setCoil: (at, value) => { coils[at] = Number(value); },
};
const path = process.argv[2];
/* a port of 0 would be taken for none */
const server = path ? new ServerSerial(vector, { path, baudRate: 115200, unitID: 1, interval: 1 })
    : new ServerTCP(vector, { host: "127.0.0.1", port: "0", unitID: 1 });
server.on("initialized", () => {
    console.log([path ? 0 : server._server.address().port, ...lines, "end"].join("\n"));
});
process.stdin.on("end", () => process.exit(0)).resume();
