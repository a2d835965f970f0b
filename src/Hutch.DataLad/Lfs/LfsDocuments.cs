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

/// <param name="Oid">SHA-256 of its content.</param>
internal sealed record LfsRequestedObject(string? Oid, long Size);

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

internal sealed record LfsAction(string Href)
{
    public IReadOnlyDictionary<string, string>? Header { get; init; }
}

internal sealed record LfsRefusal(int Code, string Message);

internal sealed record LfsProblem(string Message);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LfsBatch))]
[JsonSerializable(typeof(LfsObjects))]
[JsonSerializable(typeof(LfsProblem))]
internal sealed partial class LfsJson : JsonSerializerContext;
