namespace Hutch.Doors;

public interface IDoor
{
    string Name { get; }

    /// <summary>The addresses of its listeners, known once it has started.</summary>
    IReadOnlyList<Uri> Addresses { get; }
}
