//! JSON files that options name, read as the tools read them (`Json`, `JsonValue`, `DecodeJson`).

use crate::exception::Exception;
use serde_json::Value;

/// What goes wrong is an exception of Jackson's, or one of the tool's own.
type Read<T> = Result<T, Exception>;

fn mapping(message: String) -> Exception {
    Exception::new("com.fasterxml.jackson.databind.JsonMappingException", message)
}

/// Reads a document whose version is 1, or not said.
pub(crate) fn document(text: &str) -> Read<Value> {
    let invalid = || Exception::admin_operation("The input string is not a valid JSON");
    let value: Value = serde_json::from_str(text).map_err(|_| invalid())?;
    if !value.is_object() {
        return Err(mapping(format!("Expected JSON object, received {value}")));
    }
    match value.get("version") {
        None => Ok(value),
        Some(version) if version.as_i64() == Some(1) => Ok(value),
        Some(version) => {
            let text = format!("Not supported version field value {version}");
            Err(Exception::admin_operation(text))
        }
    }
}

/// A field that has to be there.
pub(crate) fn field<'a>(object: &'a Value, name: &str) -> Read<&'a Value> {
    let missing = || mapping(format!("No such field exists: `{name}`"));
    object.get(name).ok_or_else(missing)
}

/// An array.
pub(crate) fn array(value: &Value) -> Read<&Vec<Value>> {
    value.as_array().ok_or_else(|| mapping(format!("Expected JSON array, received {value}")))
}

/// A text.
pub(crate) fn text(value: &Value) -> Read<&str> {
    value.as_str().ok_or_else(|| mapping(format!("Expected `String` value, received {value}")))
}

/// A whole number of 32 bits.
pub(crate) fn int(value: &Value) -> Read<i32> {
    let number = value.as_i64().and_then(|number| i32::try_from(number).ok());
    number.ok_or_else(|| mapping(format!("Expected `Integer` value, received {value}")))
}

/// A whole number.
pub(crate) fn long(value: &Value) -> Read<i64> {
    value.as_i64().ok_or_else(|| mapping(format!("Expected `Long` value, received {value}")))
}
