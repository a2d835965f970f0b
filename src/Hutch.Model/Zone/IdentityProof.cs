namespace Hutch.Model.Zone;

/// <summary>The basis of the link between an identity at a provider and an account.</summary>
public enum IdentityProof
{
    /// <summary>The account was made for the identity.</summary>
    New,

    /// <summary>SCIM gave the account the identity's stable id.</summary>
    ExternalId,

    /// <summary>The provider and this server have both verified the same mail address.</summary>
    Mail,

    /// <summary>The provider gave exactly the name of an account that nothing belonged to.</summary>
    Name,

    /// <summary>An administrator said so.</summary>
    Administrator,

    /// <summary>A SCIM client made the account.</summary>
    Scim,
}
