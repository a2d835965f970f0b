namespace Hutch.Publishing.Harvest;

/// <summary>A request that the protocol has an error for.</summary>
public sealed class OaiException(string code, string message) : Exception(message)
{
    /// <summary>The code of the error (OAI-PMH 2.0, section 3.6).</summary>
    public string Code => code;
}
