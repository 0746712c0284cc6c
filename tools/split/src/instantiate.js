
// As the first page's own script does it: a host that does not send wasm as wasm is only slower.
async function instantiate(coming, imports) {
    const response = await coming;
    if (!response.ok) throw new Error(`${response.status} ${response.url}`);
    if (response.headers.get("Content-Type")?.startsWith("application/wasm")) {
        return WebAssembly.instantiateStreaming(response, imports);
    }
    return WebAssembly.instantiate(await response.arrayBuffer(), imports);
}
