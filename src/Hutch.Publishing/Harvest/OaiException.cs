namespace Hutch.Publishing.Harvest;

public sealed class OaiException(string code, string message) : Exception(message)
{
    /// <summary>The error code (OAI-PMH 2.0, section 3.6).</summary>
    public string Code => code;
}
