namespace Hutch.Catalog.Postgres;

/// <summary>The encryption of a connection, with the names of PostgreSQL's own programs.</summary>
public enum PostgresTls
{
    Disable,

    /// <summary>Encryption if the server supports it.</summary>
    Prefer,

    /// <summary>Encryption, without a check of the server's identity.</summary>
    Require,

    /// <summary>Encryption, with a certificate of a trusted authority.</summary>
    VerifyCa,

    /// <summary>Encryption, with a certificate of a trusted authority for this host.</summary>
    VerifyFull,
}
