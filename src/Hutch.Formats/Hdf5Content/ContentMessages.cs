using System.Text.Json.Serialization;
using Hutch.Formats.Hdf5;
using Hutch.Model.Contents;

namespace Hutch.Formats.Hdf5Content;

/// <summary>What the reader process says: a question about files, or its answer with a payload.</summary>
internal sealed record ContentMessage
{
    /// <summary>A file that it wants to open.</summary>
    public string? Open { get; init; }

    /// <summary>A range that it wants.</summary>
    public WantedRange? Read { get; init; }

    public ReaderFailure? Failure { get; init; }

    /// <summary>Whether this is the end of the exchange.</summary>
    [JsonIgnore]
    public bool IsAnswer => Open is null && Read is null;
}

internal sealed record WantedRange(int Number, long Offset, int Length);

/// <summary>What it hears. To a wanted range, the bytes follow as payload.</summary>
internal sealed record StoreReply
{
    /// <summary>The number of the file, or null when there is none, or when the reading is to end.</summary>
    public int? Number { get; init; }

    public long Bytes { get; init; }

    /// <summary>Whether nobody wants the answer any more.</summary>
    public bool IsAborted { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ContentRequest))]
[JsonSerializable(typeof(ContentMessage))]
[JsonSerializable(typeof(StoreReply))]
internal sealed partial class ContentJson : JsonSerializerContext;
