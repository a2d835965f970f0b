namespace Hutch.Types.Mapping;

/// <summary>A facility's metadata file, translated to a dataset.</summary>
public sealed record MappedMetadata
{
    public required string Type { get; init; }

    /// <summary>The title, one line; null where the file has none.</summary>
    public string? Title { get; init; }

    /// <summary>An identifier that survives a rename of the folder; null where the file has none.</summary>
    public string? Identity { get; init; }

    /// <summary>The owner as the file gives it, an e-mail address or a name. Personal data; null where the file has none.</summary>
    public string? Owner { get; init; }

    /// <summary>The people named in the file; personal data.</summary>
    public IReadOnlyList<Contact> Contacts { get; init; } = [];

    /// <summary>The metadata document: the attributes of the type, and every other key unchanged. It contains no personal data.</summary>
    public required JsonObject Document { get; init; }

    public required JsonObject Personal { get; init; }

    /// <summary>The paths of the personal keys; dots separate sections.</summary>
    public IReadOnlyList<string> PersonalKeys { get; init; } = [];

    /// <summary>The ambiguities found in the file, one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
