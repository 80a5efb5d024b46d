/* What both ends of the wire agree on. */
#ifndef BOM_WIRE_RECORDS_H
#define BOM_WIRE_RECORDS_H

enum wire_record {
    WIRE_ASSET = 1,
    WIRE_COMPONENT,
    WIRE_OCCURRENCE,
    WIRE_EDGE,
    WIRE_GAP,
    WIRE_PROGRESS,
    WIRE_ASSET_END,
    WIRE_END,
};

/* A record: u32 little-endian length of what follows, one byte type, fields. A number is a LEB128 varint; a text
 * is its length as a number, then its bytes. */
enum { WIRE_HEAD = 5, WIRE_RECORD_MOST = 16 << 20 };

#endif
