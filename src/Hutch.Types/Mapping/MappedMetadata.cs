using System.Text.Json.Nodes;

namespace Hutch.Types.Mapping;

/// <summary>What a facility's metadata file says, in the words of a dataset.</summary>
public sealed record MappedMetadata
{
    /// <summary>The type of the dataset.</summary>
    public required string Type { get; init; }

    /// <summary>The title, one line; null where the file says none.</summary>
    public string? Title { get; init; }

    /// <summary>What stays the same when the folder is renamed; null where the file says nothing.</summary>
    public string? Identity { get; init; }

    /// <summary>Whose it is, as the file says it (an e-mail address or a name); personal data. Null where it says nothing.</summary>
    public string? Owner { get; init; }

    /// <summary>The people whom it names; personal data.</summary>
    public IReadOnlyList<Contact> Contacts { get; init; } = [];

    /// <summary>The metadata document: the attributes of the type, and every other key as it was. Nothing personal is in it.</summary>
    public required JsonObject Document { get; init; }

    /// <summary>The personal keys with their values, as they stand in the file.</summary>
    public required JsonObject Personal { get; init; }

    /// <summary>The paths of the personal keys, with dots into sections.</summary>
    public IReadOnlyList<string> PersonalKeys { get; init; } = [];

    /// <summary>What was not clear, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
