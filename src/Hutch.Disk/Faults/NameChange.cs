namespace Hutch.Disk.Faults;

/// <summary>
/// A change of a folder since its last sync: names that came to mean a file or folder, or (null) nothing. A rename is one change of two
/// names.
/// </summary>
internal sealed record NameChange(long Moment, IReadOnlyList<(string Name, object? Node)> Names)
{
    public void ApplyTo(Dictionary<string, object> names)
    {
        foreach ((string name, object? node) in Names)
        {
            if (node is null)
            {
                names.Remove(name);
            }
            else
            {
                names[name] = node;
            }
        }
    }
}
