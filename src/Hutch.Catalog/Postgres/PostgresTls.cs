namespace Hutch.Catalog.Postgres;

/// <summary>How a connection is encrypted; the names are those of PostgreSQL's own programs.</summary>
public enum PostgresTls
{
    /// <summary>Not at all.</summary>
    Disable,

    /// <summary>If the server can.</summary>
    Prefer,

    /// <summary>Always; whoever answers is taken for the server.</summary>
    Require,

    /// <summary>Always, and the certificate is signed by somebody who is trusted.</summary>
    VerifyCa,

    /// <summary>Always, and the certificate is signed by somebody who is trusted and is for this host.</summary>
    VerifyFull,
}
