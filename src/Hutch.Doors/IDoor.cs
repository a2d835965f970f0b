namespace Hutch.Doors;

/// <summary>A part of the server with its own listener.</summary>
public interface IDoor
{
    /// <summary>The protocol.</summary>
    string Name { get; }

    /// <summary>The addresses of its listeners, known once it has started.</summary>
    IReadOnlyList<Uri> Addresses { get; }
}
