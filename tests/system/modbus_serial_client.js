"use strict";
/* A Modbus client that nobody here wrote: modbus-serial (npm) reads and writes unit 3 of our simulator. usage: modbus_serial_client.js tcp|rtu
 * PORT|PATH. Prints what was wrong, and at the end "all right". */
const ModbusRTU = require("modbus-serial");
const assert = require("assert");
const [kind, where] = process.argv.slice(2);
const client = new ModbusRTU();

async function talk() {
    if (kind === "tcp") await client.connectTCP("127.0.0.1", { port: Number(where) });
    else await client.connectRTUBuffered(where, { baudRate: 19200 });
    client.setID(3);
    client.setTimeout(3000);
    assert.strictEqual((await client.readHoldingRegisters(0, 2)).data[0], 0x0300);
    assert.strictEqual((await client.readInputRegisters(0, 2)).data[0], 0x0300);
    assert.strictEqual((await client.readDiscreteInputs(0, 1)).data.length >= 1, true);
    await client.writeRegister(4, 4711);
    assert.deepStrictEqual((await client.readHoldingRegisters(4, 1)).data, [4711]);
    const real = Buffer.alloc(4);
    real.writeFloatBE(24.5);
    await client.writeRegisters(6, [0x1dc0, 0xfffe, real.readUInt16BE(2), real.readUInt16BE(0)]);
    assert.deepStrictEqual((await client.readHoldingRegisters(6, 4)).data, [0x1dc0, 0xfffe, 0, 0x41c4]);
    await client.writeCoil(0, true);
    assert.strictEqual((await client.readCoils(0, 1)).data[0], true);
    await client.writeCoils(0, [false]);
    assert.strictEqual((await client.readCoils(0, 1)).data[0], false);
    if (kind === "tcp") { /* on a line it does not know the length of this answer, and waits for ever */
        await client.maskWriteRegister(4, 0xff00, 0x0042); /* keeps what the first mask says, sets the second */
        assert.deepStrictEqual((await client.readHoldingRegisters(4, 1)).data, [(4711 & 0xff00) | 0x42]);
    }
    await assert.rejects(client.readHoldingRegisters(399, 1), error => error.modbusCode === 2);
}

talk().then(() => {
    console.log("all right");
    process.exit(0);
}, error => {
    console.log(error.stack || error);
    process.exit(1);
});
