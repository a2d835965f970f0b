using System.Text;

namespace Hutch.Architecture.Tests;

/// <summary>What breaks a rule, gathered so that a run tells all of it and not only the first.</summary>
internal sealed class Violations(string rule)
{
    private readonly SortedSet<string> _found = new(StringComparer.Ordinal);

    public void Add(string where, string what) => _found.Add($"{where}: {what}");

    public void AddRange(IEnumerable<(string Where, string What)> found)
    {
        foreach ((string where, string what) in found)
        {
            Add(where, what);
        }
    }

    /// <summary>Fails with the rule and every place that breaks it.</summary>
    public void AssertNone()
    {
        if (_found.Count == 0)
        {
            return;
        }

        StringBuilder message = new();
        message.AppendLine($"{rule} ({_found.Count} places do not keep to it)");
        foreach (string line in _found)
        {
            message.Append("  ").AppendLine(line);
        }

        Assert.Fail(message.ToString());
    }
}
