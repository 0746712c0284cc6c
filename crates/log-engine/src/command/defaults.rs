//! What a field is when a journal leaves it out, and whether it may be left out.
#![allow(clippy::trivially_copy_pass_by_ref)]

pub(super) fn one_u32() -> u32 {
    1
}
pub(super) fn one_i16() -> i16 {
    1
}
pub(super) fn one_i32() -> i32 {
    1
}
pub(super) fn minus_one() -> i32 {
    -1
}
pub(super) fn thousand() -> u32 {
    1000
}
pub(super) fn default_value_bytes() -> u32 {
    24
}
pub(super) fn is_zero_u32(n: &u32) -> bool {
    *n == 0
}
pub(super) fn is_false(yes: &bool) -> bool {
    !*yes
}
pub(super) fn is_one_u32(n: &u32) -> bool {
    *n == 1
}
pub(super) fn is_one_i16(n: &i16) -> bool {
    *n == 1
}
pub(super) fn is_one_i32(n: &i32) -> bool {
    *n == 1
}
pub(super) fn is_minus_one(n: &i32) -> bool {
    *n == -1
}
pub(super) fn is_zero_u64(n: &u64) -> bool {
    *n == 0
}
pub(super) fn is_thousand(n: &u32) -> bool {
    *n == 1000
}
