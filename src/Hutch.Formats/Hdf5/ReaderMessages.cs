using System.Text.Json.Serialization;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;

namespace Hutch.Formats.Hdf5;

internal enum ReaderOperation
{
    Open,

    /// <summary>Read the stored bytes of a frame; they are the payload.</summary>
    Frame,

    Array,

    Close,
}

internal sealed record ReaderRequest
{
    [JsonConverter(typeof(JsonStringEnumConverter<ReaderOperation>))]
    public required ReaderOperation Operation { get; init; }

    public string? Path { get; init; }

    public IReadOnlyList<string>? Roots { get; init; }

    /// <summary>True if the file is still being written.</summary>
    public bool IsLive { get; init; }

    public int Image { get; init; }

    public int Channel { get; init; }

    public SeriesArray? Array { get; init; }
}

/// <summary>Its answer. A payload of bytes may follow.</summary>
internal sealed record ReaderReply
{
    public ReaderFailure? Failure { get; init; }

    public SeriesDescription? Series { get; init; }

    [JsonConverter(typeof(JsonStringEnumConverter<FrameCodec>))]
    public FrameCodec Codec { get; init; }

    public uint FilterMask { get; init; }

    public bool Missing { get; init; }
}

internal sealed record ReaderFailure(string Code, string Advice, string Message, IReadOnlyDictionary<string, string>? Details)
{
    public static ReaderFailure From(HutchError error) => new(error.Code.Name, error.Code.Advice, error.Message, error.Details);

    public HutchError ToError()
    {
        ErrorCode code = ErrorCode.All.FirstOrDefault(candidate => candidate.Name == Code) ?? ErrorCode.Internal;
        return new HutchError(code with { Advice = Advice }, Message, Details);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ReaderRequest))]
[JsonSerializable(typeof(ReaderReply))]
internal sealed partial class ReaderJson : JsonSerializerContext;
