//! The order that users give to what they define themselves.

/// A list with one of its items a place further up or down; as it was where the item is missing or stands at that end.
///
/// ```
/// use kiulu_domain::order::moved;
/// assert_eq!(moved(vec![1, 2, 3], &2, true), [1, 3, 2]);
/// assert_eq!(moved(vec![1, 2, 3], &2, false), [2, 1, 3]);
/// assert_eq!(moved(vec![1, 2, 3], &3, true), [1, 2, 3]);
/// assert_eq!(moved(vec![1, 2, 3], &1, false), [1, 2, 3]);
/// ```
pub fn moved<T: PartialEq>(mut items: Vec<T>, item: &T, down: bool) -> Vec<T> {
    if let Some(at) = items.iter().position(|one| one == item) {
        let to = if down { at + 1 } else { at.saturating_sub(1) };
        if to < items.len() {
            items.swap(at, to);
        }
    }
    items
}
