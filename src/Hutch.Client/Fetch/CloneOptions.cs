namespace Hutch.Client.Fetch;

/// <summary>How a clone is made.</summary>
public sealed record CloneOptions
{
    /// <summary>Leave placeholders, which <c>hutch get</c> fills.</summary>
    public bool Lazy { get; init; }

    /// <summary>Folder of a shared cache; null for none.</summary>
    public string? Cache { get; init; }
}
