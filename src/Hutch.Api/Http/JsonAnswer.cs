using Microsoft.Extensions.ObjectPool;

namespace Hutch.Api.Http;

/// <summary>Answers with one JSON document, or with the refusal.</summary>
internal static class JsonAnswer
{
    private static readonly DefaultObjectPool<ArrayBufferWriter<byte>> Buffers = new(new BufferPolicy());

    public static async Task SendAsync<T>(ApiRequest request, Result<T> answer, JsonTypeInfo<T> type, int status)
    {
        if (!answer.TryGet(out T? value, out HutchError? refusal))
        {
            await Problems.WriteAsync(request.Http, refusal, request.Aborted);
            return;
        }

        ArrayBufferWriter<byte> buffer = Buffers.Get();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = type.Options.Encoder }))
        {
            JsonSerializer.Serialize(writer, value, type);
        }

        ReadOnlyMemory<byte> json = ContentCoding.Encode(request.Http, buffer.WrittenMemory);
        request.Http.Response.StatusCode = status;
        request.Http.Response.ContentType = "application/json";
        request.Http.Response.Headers.CacheControl = "no-store";
        request.Http.Response.ContentLength = json.Length;
        await request.Http.Response.Body.WriteAsync(json, request.Aborted);
        Buffers.Return(buffer);
    }

    /// <summary>Keeps the buffers of usual answers. One for a page of entries is so large that only a full collection frees it.</summary>
    private sealed class BufferPolicy : PooledObjectPolicy<ArrayBufferWriter<byte>>
    {
        private const int MaxBytes = 1 << 20;

        public override ArrayBufferWriter<byte> Create() => new();

        public override bool Return(ArrayBufferWriter<byte> obj)
        {
            obj.ResetWrittenCount();
            return obj.Capacity <= MaxBytes;
        }
    }
}
