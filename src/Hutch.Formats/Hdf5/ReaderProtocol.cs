using System.Buffers;
using System.Text.Json.Serialization.Metadata;

namespace Hutch.Formats.Hdf5;

/// <summary>
/// The protocol of the two processes: 4 bytes length of a JSON message, 4 bytes length of a payload, both little-endian, then message and
/// payload. Either side refuses excessive lengths before it allocates memory for them.
/// </summary>
internal static class ReaderProtocol
{
    public const int MaxMessageBytes = 64 << 20;

    private const int PrefixBytes = 8;

    public static void Write<T>(Stream stream, T message, JsonTypeInfo<T> type, ReadOnlySpan<byte> payload)
    {
        stream.Write(Head(message, type, payload.Length));
        stream.Write(payload);
        stream.Flush();
    }

    /// <summary>A message without its payload, which the caller sends next.</summary>
    public static byte[] Head<T>(T message, JsonTypeInfo<T> type, int payloadBytes)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(message, type);
        byte[] head = new byte[PrefixBytes + json.Length];
        BinaryPrimitives.WriteInt32LittleEndian(head, json.Length);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4), payloadBytes);
        json.CopyTo(head, PrefixBytes);
        return head;
    }

    /// <summary>Reads a message without payload; null at the end of the stream.</summary>
    public static T? Read<T>(Stream stream, JsonTypeInfo<T> type)
        where T : class => Read(stream, type, default);

    /// <summary>Reads a message, and its payload, which may also be none; null at the end of the stream.</summary>
    public static T? Read<T>(Stream stream, JsonTypeInfo<T> type, Span<byte> payload)
        where T : class
    {
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        int got = stream.ReadAtLeast(prefix, PrefixBytes, throwOnEndOfStream: false);
        if (got == 0)
        {
            return null;
        }

        if (got < PrefixBytes)
        {
            throw new EndOfStreamException();
        }

        byte[] json = new byte[CheckLength(BinaryPrimitives.ReadInt32LittleEndian(prefix), MaxMessageBytes)];
        int payloadBytes = CheckLength(BinaryPrimitives.ReadInt32LittleEndian(prefix[4..]), payload.Length);
        stream.ReadExactly(json);
        stream.ReadExactly(payload[..payloadBytes]);
        return JsonSerializer.Deserialize(json, type);
    }

    /// <summary>
    /// Reads a message and writes its payload, at most <paramref name="maxPayloadBytes"/>, to <paramref name="payload"/>.
    /// </summary>
    public static async Task<T> ReadAsync<T>(
        Stream stream, JsonTypeInfo<T> type, IBufferWriter<byte>? payload, int maxPayloadBytes, CancellationToken cancellationToken)
        where T : class
    {
        (T message, int payloadBytes) = await ReadHeadAsync(stream, type, payload is null ? 0 : maxPayloadBytes, cancellationToken);
        if (payload is not null && payloadBytes > 0)
        {
            await stream.ReadExactlyAsync(payload.GetMemory(payloadBytes)[..payloadBytes], cancellationToken);
            payload.Advance(payloadBytes);
        }

        return message;
    }

    /// <summary>Reads a message, and how long the payload is that comes next.</summary>
    public static async Task<(T Message, int PayloadBytes)> ReadHeadAsync<T>(
        Stream stream, JsonTypeInfo<T> type, int maxPayloadBytes, CancellationToken cancellationToken)
        where T : class
    {
        byte[] prefix = new byte[PrefixBytes];
        await stream.ReadExactlyAsync(prefix, cancellationToken);
        byte[] json = new byte[CheckLength(BinaryPrimitives.ReadInt32LittleEndian(prefix), MaxMessageBytes)];
        int payloadBytes = CheckLength(BinaryPrimitives.ReadInt32LittleEndian(prefix.AsSpan(4)), maxPayloadBytes);
        await stream.ReadExactlyAsync(json, cancellationToken);
        T message = JsonSerializer.Deserialize(json, type) ?? throw new InvalidDataException("The HDF5 reader sent an empty message.");
        return (message, payloadBytes);
    }

    private static int CheckLength(int length, int limit) =>
        (uint)length <= (uint)limit
            ? length
            : throw new InvalidDataException($"A message part has {length} bytes; the limit is {limit}.");
}
