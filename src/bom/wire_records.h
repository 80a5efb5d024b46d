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

#endif
