namespace Hutch.Model;

/// <summary>What a person is in the whole installation, apart from the rights on single datasets.</summary>
public enum Role
{
    /// <summary>Owns datasets and works with those that are shared. Everybody is at least this.</summary>
    User,

    /// <summary>Runs the service: jobs, garbage collection, scrubbing, health. Reads no data by this role.</summary>
    Operator,

    /// <summary>Runs one site: its storage, its policies, its members.</summary>
    SiteAdmin,

    /// <summary>Reads the audit, and no data.</summary>
    Auditor,

    /// <summary>Creates users and groups, gives roles, acts on every dataset; every such act is in the audit.</summary>
    Administrator,
}
