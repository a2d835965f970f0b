using System.Text.Json.Serialization;
using Hutch.Formats.Hdf5;

namespace Hutch.Formats.Hdf5Content;

/// <summary>A message of the reader process: a question about files, or its answer with a payload.</summary>
internal sealed record ContentMessage
{
    public string? Open { get; init; }

    public WantedRange? Read { get; init; }

    public ReaderFailure? Failure { get; init; }

    [JsonIgnore]
    public bool IsAnswer => Open is null && Read is null;
}

/// <param name="Offset">Where the first one begins.</param>
internal sealed record WantedRange(int Number, long Offset, int Length, int Count = 1, long Distance = 0)
{
    /// <summary>Returns true if the whole range is inside a file of this size.</summary>
    public bool IsIn(long bytes) =>
        Offset >= 0 && Length >= 0 && Count > 0 && Distance >= 0 && (long)Length * Count <= int.MaxValue
        && (Int128)Offset + ((Int128)Distance * (Count - 1)) + Length <= bytes;
}

/// <summary>A reply to the reader process. The bytes of a requested range follow as payload.</summary>
internal sealed record StoreReply
{
    /// <summary>The number of the file, or null when there is none, or when the reading is to end.</summary>
    public int? Number { get; init; }

    public long Bytes { get; init; }

    /// <summary>True if the caller no longer wants the answer.</summary>
    public bool IsAborted { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ContentRequest))]
[JsonSerializable(typeof(ContentMessage))]
[JsonSerializable(typeof(StoreReply))]
internal sealed partial class ContentJson : JsonSerializerContext;
