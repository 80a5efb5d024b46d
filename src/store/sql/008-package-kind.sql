-- The kinds of packages of operating systems (which release they are of is in the qualifiers), and the components of a kind.
CREATE INDEX component_kind ON component (type, ns, qualifiers) WHERE type IN ('deb', 'rpm', 'apk');
