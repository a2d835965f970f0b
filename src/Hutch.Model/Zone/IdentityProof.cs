namespace Hutch.Model.Zone;

/// <summary>What the link of an identity at a provider to an account rests on.</summary>
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
