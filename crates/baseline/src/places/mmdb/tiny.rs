//! Writes a tiny database in MaxMind's format, for tests: IPv4, records of 24 bits, a few networks.
//!
//! Source: *MaxMind DB File Format Specification*, version 2.0.

use std::net::Ipv4Addr;

/// A network, and what the database says of it.
pub(crate) struct Network {
    pub(crate) first: Ipv4Addr,
    pub(crate) wide: u32,
    pub(crate) country: &'static str,
    pub(crate) asn: u32,
    pub(crate) owner: &'static str,
}

/// Where a branch of the tree leads.
#[derive(Clone, Copy)]
enum Branch {
    Nowhere,
    Node(usize),
    Data(usize),
}

/// The file.
pub(crate) fn database(networks: &[Network]) -> Vec<u8> {
    let mut nodes = vec![[Branch::Nowhere; 2]];
    let mut data = Vec::new();
    for network in networks {
        let (bits, at) = (u32::from(network.first), data.len());
        data.extend(entry(network));
        let mut node = 0;
        for depth in 0..network.wide {
            let side = (bits >> (31 - depth) & 1) as usize;
            if depth + 1 == network.wide {
                nodes[node][side] = Branch::Data(at);
                break;
            }
            node = match nodes[node][side] {
                Branch::Node(next) => next,
                _ => {
                    nodes.push([Branch::Nowhere; 2]);
                    let next = nodes.len() - 1;
                    nodes[node][side] = Branch::Node(next);
                    next
                }
            };
        }
    }
    let count = nodes.len();
    let mut file = Vec::new();
    for branch in nodes.iter().flatten() {
        let number = match branch {
            Branch::Nowhere => count,
            Branch::Node(node) => *node,
            Branch::Data(at) => count + 16 + at,
        };
        file.extend(&(number as u32).to_be_bytes()[1..]);
    }
    file.extend([0; 16]);
    file.extend(data);
    file.extend(b"\xab\xcd\xefMaxMind.com");
    let about = [
        ("node_count", number(count as u32)),
        ("record_size", short(24)),
        ("ip_version", short(4)),
        ("database_type", text("Tiny")),
        // An array and a long number are of the types that need a second byte.
        ("languages", vec![0, 4]),
        ("binary_format_major_version", short(2)),
        ("binary_format_minor_version", short(0)),
        ("build_epoch", vec![1, 2, 1]),
        ("description", map(&[])),
    ];
    file.extend(map(&about));
    file
}

fn entry(network: &Network) -> Vec<u8> {
    map(&[
        ("country", map(&[("iso_code", text(network.country))])),
        ("autonomous_system_number", number(network.asn)),
        ("autonomous_system_organization", text(network.owner)),
    ])
}

/// The type and the length of what follows: up to 28 in the byte itself, else in the next.
fn begin(kind: u8, length: usize) -> Vec<u8> {
    match length {
        0..29 => vec![kind << 5 | length as u8],
        _ => vec![kind << 5 | 29, (length - 29) as u8],
    }
}

fn text(text: &str) -> Vec<u8> {
    [begin(2, text.len()), text.as_bytes().to_vec()].concat()
}

fn short(number: u16) -> Vec<u8> {
    [begin(5, 2), number.to_be_bytes().to_vec()].concat()
}

fn number(number: u32) -> Vec<u8> {
    [begin(6, 4), number.to_be_bytes().to_vec()].concat()
}

fn map(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = begin(7, members.len());
    for (name, value) in members {
        bytes.extend(text(name));
        bytes.extend(value);
    }
    bytes
}
