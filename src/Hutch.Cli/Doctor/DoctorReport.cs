namespace Hutch.Cli.Doctor;

/// <summary>Collects what the checks find.</summary>
internal sealed class DoctorReport
{
    private readonly List<Finding> _findings = [];
    private readonly List<string> _looked = [];
    private readonly Dictionary<string, string> _versions = new(StringComparer.Ordinal);
    private string _check = "";

    internal IReadOnlyList<Finding> Findings => _findings;

    /// <summary>The checks that ran.</summary>
    internal IReadOnlyList<string> Looked => _looked;

    /// <summary>Versions of the program and its libraries, by name.</summary>
    internal IReadOnlyDictionary<string, string> Versions => _versions;

    /// <summary>Names the check that the following findings belong to.</summary>
    internal void Begin(string check)
    {
        _check = check;
        _looked.Add(check);
    }

    /// <summary>Adds what must be fixed.</summary>
    internal void Problem(string what, string advice) => _findings.Add(new Finding(true, _check, what, advice));

    /// <summary>Adds a finding that is not a problem.</summary>
    internal void Record(string what, string advice) => _findings.Add(new Finding(false, _check, what, advice));

    internal void Version(string name, string version) => _versions[name] = version;
}

/// <summary>A finding about an installation.</summary>
/// <param name="Problem">True if an operator must act; false if it is only good to know.</param>
/// <param name="Check">The subject of the check.</param>
/// <param name="What">A description of the finding.</param>
/// <param name="Advice">The recommended action.</param>
internal sealed record Finding(bool Problem, string Check, string What, string Advice);
