namespace Hutch.Model;

/// <summary>Roles of an account in the whole installation, independent of rights for single datasets.</summary>
public enum Role
{
    /// <summary>Owns datasets and works with shared ones. Every account has at least this role.</summary>
    User,

    /// <summary>Operates the service: jobs, garbage collection, scrubbing, health. The role gives no access to data.</summary>
    Operator,

    /// <summary>Administers one site: its storage, its policies, its members.</summary>
    SiteAdmin,

    /// <summary>Reads the audit log, but no data.</summary>
    Auditor,

    /// <summary>Creates users and groups, assigns roles, and acts on every dataset; each such act is in the audit log.</summary>
    Administrator,
}
