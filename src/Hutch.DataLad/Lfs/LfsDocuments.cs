using System.Text.Json.Serialization;

namespace Hutch.DataLad.Lfs;

/// <summary>A client's request for files (git-lfs, docs/api/batch.md).</summary>
internal sealed record LfsBatch
{
    public string? Operation { get; init; }

    public IReadOnlyList<string>? Transfers { get; init; }

    public IReadOnlyList<LfsRequestedObject>? Objects { get; init; }

    [JsonPropertyName("hash_algo")]
    public string? HashAlgorithm { get; init; }
}

/// <summary>A file that a client has, or wants.</summary>
/// <param name="Oid">SHA-256 of its content.</param>
/// <param name="Size">Its bytes.</param>
internal sealed record LfsRequestedObject(string? Oid, long Size);

/// <summary>The answer to a batch.</summary>
internal sealed record LfsObjects(string Transfer, IReadOnlyList<LfsObject> Objects)
{
    [JsonPropertyName("hash_algo")]
    public string HashAlgorithm { get; } = "sha256";
}

/// <summary>The client's actions for a file: none if it has neither actions nor an error.</summary>
internal sealed record LfsObject(string Oid, long Size)
{
    public bool Authenticated { get; } = true;

    public IReadOnlyDictionary<string, LfsAction>? Actions { get; init; }

    public LfsRefusal? Error { get; init; }
}

/// <summary>A request that a client is to make.</summary>
internal sealed record LfsAction(string Href)
{
    public IReadOnlyDictionary<string, string>? Header { get; init; }
}

/// <summary>The error of one file.</summary>
internal sealed record LfsRefusal(int Code, string Message);

/// <summary>The error of a whole request.</summary>
internal sealed record LfsProblem(string Message);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LfsBatch))]
[JsonSerializable(typeof(LfsObjects))]
[JsonSerializable(typeof(LfsProblem))]
internal sealed partial class LfsJson : JsonSerializerContext;
