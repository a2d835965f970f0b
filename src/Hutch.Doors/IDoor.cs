namespace Hutch.Doors;

/// <summary>A part of the server that listens by itself.</summary>
public interface IDoor
{
    /// <summary>What it speaks.</summary>
    string Name { get; }

    /// <summary>Where it listens; known once it has started.</summary>
    IReadOnlyList<Uri> Addresses { get; }
}
