namespace Hutch.Publishing.Harvest;

/// <summary>A request for which the protocol has an error.</summary>
public sealed class OaiException(string code, string message) : Exception(message)
{
    /// <summary>The error code (OAI-PMH 2.0, section 3.6).</summary>
    public string Code => code;
}
