namespace Hutch.Cli.Doctor;

internal sealed class DoctorReport
{
    private readonly List<Finding> _findings = [];
    private readonly List<string> _looked = [];
    private readonly Dictionary<string, string> _versions = new(StringComparer.Ordinal);
    private string _check = "";

    internal IReadOnlyList<Finding> Findings => _findings;

    internal IReadOnlyList<string> Looked => _looked;

    internal IReadOnlyDictionary<string, string> Versions => _versions;

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

/// <param name="Problem">True if an operator must act; false if it is only good to know.</param>
internal sealed record Finding(bool Problem, string Check, string What, string Advice);
