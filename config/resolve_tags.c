#include "config/address.h"
#include "config/resolve.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_bit_area(enum area area)
{
    return area == AREA_COIL || area == AREA_DISCRETE;
}

#define ONE_OF(type) (UINT32_C(1) << (type))
#define BYTES (ONE_OF(TYPE_U8) | ONE_OF(TYPE_I8) | ONE_OF(TYPE_BCD8))
#define BITS (ONE_OF(TYPE_BOOL) | ONE_OF(TYPE_BIT))
#define ALL (ONE_OF(TAG_TYPES) - 1)
#define STRING ONE_OF(TYPE_STRING)

/* Keys that mean something for some types only. */
static const struct type_key {
    const char *key;
    uint32_t types;
    const char *instead; /* after "a u16 has no KEY: " */
} type_keys[] = {
    {"bit", ONE_OF(TYPE_BIT) | ONE_OF(TYPE_BITS), "write type: bit, or leave it out"},
    {"width", ONE_OF(TYPE_BITS), "write type: bits, or leave it out"},
    {"byte", BYTES | STRING, "write type: u8, or leave it out"},
    {"length", STRING, "write type: string, or leave it out"},
    {"padding", STRING, "leave it out"},
    {"sensor_fault", ALL & ~BITS & ~STRING, "leave it out"},
    {"names", ALL & ~STRING & ~(ONE_OF(TYPE_F16) | ONE_OF(TYPE_F32) | ONE_OF(TYPE_F64)), "only whole numbers have them"},
};

/* What a type cannot do without. */
static const struct {
    enum tag_type type;
    const char *key, *why;
} needed[] = {
    {TYPE_BIT, "bit", "type bit needs the bit of the register, 0 to 15"},
    {TYPE_BITS, "bit", "type bits needs its lowest bit of the register, 0 to 15"},
    {TYPE_BITS, "width", "type bits needs the number of its bits, 1 to 16"},
    {TYPE_STRING, "length", "a string needs its length in bytes"},
};

static void check_keys(struct resolver *resolver, const struct record *record, const struct tag *tag)
{
    static const char *const scaling[] = {"scale", "offset", "low", "high", "decimals"};
    const char *type = tag_type_name(tag->type);
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (tag->type == needed[i].type && !record_given(record, needed[i].key))
            resolve_problem(resolver, record, NULL, "'%s' is missing: %s", needed[i].key, needed[i].why);
    for (size_t i = 0; i < sizeof type_keys / sizeof type_keys[0]; i++)
        if (record_given(record, type_keys[i].key) && !(type_keys[i].types & ONE_OF(tag->type)))
            resolve_problem(resolver, record, type_keys[i].key, "a %s has no %s: %s", type, type_keys[i].key, type_keys[i].instead);
    for (size_t i = 0; i < sizeof scaling / sizeof scaling[0]; i++)
        if ((BITS | STRING) & ONE_OF(tag->type) && record_given(record, scaling[i]))
            resolve_problem(resolver, record, scaling[i], "a %s is no number: leave it out", type);
}

/* The default type follows the area; a type that is wrong or does not fit is said once, and the tag goes on as a plain one. */
static enum tag_type type_of(struct resolver *resolver, const struct tag_draft *draft, enum area area, bool area_known)
{
    const struct record *record = &draft->record;
    enum tag_type usual = area_known && is_bit_area(area) ? TYPE_BOOL : TYPE_U16;
    if (draft->type < 0)
        return usual;
    enum tag_type type = (enum tag_type)draft->type;
    if (!area_known || is_bit_area(area) == (type == TYPE_BOOL))
        return type;
    if (type == TYPE_BOOL)
        resolve_problem(resolver, record, "type",
                        "bool lives in coils and discrete inputs, but %s is %s: type: bit with bit: 0 to 15 reads one of a register", draft->address,
                        area == AREA_HOLDING ? "a holding register" : "an input register");
    else
        resolve_problem(resolver, record, "type", "%s needs registers, but %s is %s: bool is the type there", tag_type_name(type), draft->address,
                        area == AREA_COIL ? "a coil" : "a discrete input");
    return usual;
}

static void resolve_order(struct resolver *resolver, const struct tag_draft *draft, struct tag *tag)
{
    char why[200];
    tag->order = ORDER_ABCD;
    if (!draft->order)
        return;
    if (!tag_types[tag->type].ordered)
        resolve_problem(resolver, &draft->record, "order", "a %s has no order: leave it out", tag_type_name(tag->type));
    else if (byte_order_parse(draft->order, tag->type, &tag->order, tag->place, why, sizeof why) != 0) {
        resolve_problem(resolver, &draft->record, "order", "%s", why);
        tag->order = ORDER_ABCD;
    }
    tag->letters = tag->order == ORDER_LETTERS ? draft->order : NULL;
}

/* Registers and bits that the value takes. */
static void resolve_shape(struct resolver *resolver, const struct tag_draft *draft, struct tag *tag)
{
    bool is_string = tag->type == TYPE_STRING;
    tag->part = draft->byte < 0 ? BYTE_BOTH : (enum byte_part)draft->byte;
    tag->padding = draft->padding < 0 ? PADDING_ZERO : (enum string_padding)draft->padding;
    if (!is_string || tag->length < 0)
        tag->length = 0;
    tag->registers = !is_string ? tag_types[tag->type].registers : tag->part == BYTE_BOTH ? (tag->length + 1) / 2 : tag->length;
    if (tag->bit < 0 || !(ONE_OF(tag->type) & (ONE_OF(TYPE_BIT) | ONE_OF(TYPE_BITS))))
        tag->bit = 0;
    if (tag->width < 0 || tag->type != TYPE_BITS)
        tag->width = 1;
    if (tag->bit + tag->width > 16)
        resolve_problem(resolver, &draft->record, "width", "%d bits from bit %d on end beyond the register's last, 15", tag->width, tag->bit);
    if (is_string && tag->part != BYTE_BOTH && draft->order)
        resolve_problem(resolver, &draft->record, "order", "a string of one character a register has no order: leave it out, or `byte`");
    if (is_string && tag->padding == PADDING_TERMINATED && tag->length == 1)
        resolve_problem(resolver, &draft->record, "length", "1 byte has no room for a character and the zero that ends it");
}

/* "0x8000": these bits; "-9999": this number before scaling. -1 when it is neither, or no value of the type. */
static int parse_fault(const char *text, const struct tag *tag, struct sensor_fault *fault)
{
    const struct tag_type_info *info = &tag_types[tag->type];
    int width = tag->type == TYPE_BITS ? tag->width : 8 * info->bytes;
    uint64_t most = width == 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1;
    bool plain = info->kind == KIND_UNSIGNED || info->kind == KIND_SIGNED;
    char *end;
    errno = 0;
    *fault = (struct sensor_fault){.is_bits = !strncmp(text, "0x", 2) || plain};
    if (!strncmp(text, "0x", 2)) {
        fault->bits = strtoull(text + 2, &end, 16);
        return *end || end == text + 2 || errno || fault->bits > most || text[2] == '-' || text[2] == '+' ? -1 : 0;
    }
    if (text[strspn(text, "0123456789.+-eE")])
        return -1;
    if (plain) { /* a double would not hold all digits of 64 bits */
        bool negative = text[0] == '-';
        fault->bits = negative ? (uint64_t)strtoll(text, &end, 10) : strtoull(text, &end, 10);
        bool fits = negative ? info->kind == KIND_SIGNED && (double)(int64_t)fault->bits >= info->least
                             : fault->bits <= (info->kind == KIND_SIGNED ? most >> 1 : most);
        fault->bits &= most;
        return *end || end == text || errno || !fits ? -1 : 0;
    }
    fault->number = strtod(text, &end);
    bool fits = info->kind == KIND_FLOAT ? isfinite(fault->number) : fault->number >= info->least && fault->number < info->beyond;
    return *end || end == text || !fits ? -1 : 0;
}

static void resolve_faults(struct resolver *resolver, const struct tag_draft *draft, struct tag *tag)
{
    struct sensor_fault *faults = arena_zero(resolver->arena, draft->faults.count, sizeof *faults);
    for (size_t i = 0; i < draft->faults.count && tag_types[tag->type].kind != KIND_TEXT; i++) {
        const char *text = draft->faults.items[i];
        if (tag_types[tag->type].kind == KIND_FLOAT && !strcasecmp(text, "nan"))
            continue;
        if (parse_fault(text, tag, &faults[tag->n_faults]) == 0)
            tag->n_faults++;
        else
            problems_add(resolver->problems, draft->faults.nodes[i],
                         "%s.sensor_fault: '%.60s' is no raw value of a %s: all its bits as in 0x8000, or a number before scaling as in -9999",
                         draft->record.path, text, tag_type_name(tag->type));
    }
    tag->faults = faults;
}

static void check_names(struct resolver *resolver, const struct record *record, const struct tag *tag)
{
    double beyond = tag->type == TYPE_BITS ? ldexp(1, tag->width) : tag_types[tag->type].beyond;
    if (tag->names.count && (tag->scale != 1 || tag->offset != 0))
        resolve_problem(resolver, record, "names", "a scaled value has no names: leave out scale and offset, or the names");
    for (size_t i = 0; i < tag->names.count && tag_types[tag->type].beyond > 0; i++) {
        const struct value_name *one = &tag->names.items[i];
        if ((double)one->value < tag_types[tag->type].least || (double)one->value >= beyond)
            resolve_problem(resolver, record, "names", "%lld, '%s', is no value of a %s", (long long)one->value, one->name, tag_type_name(tag->type));
        for (size_t k = 0; k < i; k++)
            if (!strcmp(tag->names.items[k].name, one->name))
                resolve_problem(resolver, record, "names", "%lld and %lld are both '%s'", (long long)tag->names.items[k].value, (long long)one->value,
                                one->name);
    }
}

static void check_place(struct resolver *resolver, const struct tag_draft *draft, const struct tag *tag, const struct instrument *instrument)
{
    const struct record *record = &draft->record;
    if (tag->address + tag->registers > 65536)
        resolve_problem(resolver, record, "address", "%s: the %d registers of a %s end beyond the last one, %s:65535", draft->address, tag->registers,
                        tag_type_name(tag->type), area_name(tag->area));
    if (!is_bit_area(tag->area) && tag->registers > instrument->max_registers)
        resolve_problem(resolver, record, NULL, "a %s of %d registers does not fit in one request: max_registers of '%s' is %d",
                        tag_type_name(tag->type), tag->registers, instrument->name, instrument->max_registers);
}

/* Where it is read, when it has no address of its own for writing. */
static int write_address_of(struct resolver *resolver, const struct tag_draft *draft, const struct tag *tag)
{
    const struct record *record = &draft->record;
    enum area area = tag->area;
    int address = tag->address;
    char why[240];
    if (!draft->write_address)
        return tag->address;
    if (address_parse(draft->write_address, &area, &address, why, sizeof why) != 0) {
        resolve_problem(resolver, record, "write_address", "%s", why);
        return tag->address;
    }
    address -= tag->instrument->address_base && strchr(draft->write_address, ':');
    if (area != tag->area)
        resolve_problem(resolver, record, "write_address", "%s is %s, but the tag is %s: both must be of one area", draft->write_address,
                        area_name(area), area_name(tag->area));
    else if (address < 0 || address + tag->registers > 65536)
        resolve_problem(resolver, record, "write_address", "%s: there is no place for it, 0 to 65535", draft->write_address);
    else if (draft->writable <= 0)
        resolve_problem(resolver, record, "write_address", "the tag is not writable: true, so nobody would write there");
    return address;
}

void resolve_recording(struct resolver *resolver, const struct record *record, int recorded, struct tag *tag)
{
    tag->record = (enum tag_record)recorded;
    if (tag->record != RECORD_CHANGES && record_given(record, "deadband"))
        resolve_problem(resolver, record, "deadband", "it is for tags that are recorded on change: say `record: change` too");
}

void resolve_one_tag(struct resolver *resolver, const struct tag_draft *draft, const struct instrument *instrument, struct tag *tag)
{
    const struct record *record = &draft->record;
    char why[240];
    bool placed = false;
    *tag = draft->tag;
    tag->name = record->name;
    tag->full_name = arena_format(resolver->arena, "%s.%s", instrument->name, record->name);
    tag->instrument = instrument;
    tag->area = AREA_HOLDING;
    if (draft->address) {
        placed = address_parse(draft->address, &tag->area, &tag->address, why, sizeof why) == 0;
        if (!placed)
            resolve_problem(resolver, record, "address", "%s", why);
        else if (instrument->address_base && strchr(draft->address, ':') && --tag->address < 0)
            resolve_problem(resolver, record, "address", "%s: the addresses of '%s' count from 1 (address_base)", draft->address, instrument->name);
    }
    tag->type = type_of(resolver, draft, tag->area, placed);
    resolve_shape(resolver, draft, tag);
    if (!record_bad(record, "type")) {
        check_keys(resolver, record, tag);
        resolve_order(resolver, draft, tag);
        resolve_faults(resolver, draft, tag);
        check_names(resolver, record, tag);
    }
    if (placed)
        check_place(resolver, draft, tag, instrument);
    resolve_recording(resolver, record, draft->recorded, tag);
    tag->writable = draft->writable > 0;
    tag->write_address = write_address_of(resolver, draft, tag);
    if (tag->writable && (tag->area == AREA_DISCRETE || tag->area == AREA_INPUT))
        resolve_problem(resolver, record, "writable", "%s cannot be written: only holding registers and coils can",
                        tag->area == AREA_INPUT ? "an input register" : "a discrete input");
    if (tag->scale == 0)
        resolve_problem(resolver, record, "scale", "0 would make every value the same");
    if (tag->low >= tag->high)
        resolve_problem(resolver, record, "low", "%g is not below high, %g", tag->low, tag->high);
}
