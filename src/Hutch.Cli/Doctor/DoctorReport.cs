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

    /// <summary>Versions of the program and of what it uses, by name.</summary>
    internal IReadOnlyDictionary<string, string> Versions => _versions;

    /// <summary>Names the check that the following findings belong to.</summary>
    internal void Begin(string check)
    {
        _check = check;
        _looked.Add(check);
    }

    /// <summary>Adds what must be fixed.</summary>
    internal void Problem(string what, string advice) => _findings.Add(new Finding(true, _check, what, advice));

    /// <summary>Adds what is worth knowing.</summary>
    internal void Note(string what, string advice) => _findings.Add(new Finding(false, _check, what, advice));

    internal void Version(string name, string version) => _versions[name] = version;
}

/// <summary>Something that a look at an installation found.</summary>
/// <param name="Problem">Whether something must be done; else it is only good to know.</param>
/// <param name="Check">What was looked at.</param>
/// <param name="What">What is the case.</param>
/// <param name="Advice">What to do.</param>
internal sealed record Finding(bool Problem, string Check, string What, string Advice);
