namespace Hutch.Model.Zone;

/// <summary>The names of <see cref="IdentityProof"/> in the records.</summary>
public static class IdentityProofNames
{
    public static string ToName(this IdentityProof proof) => proof switch
    {
        IdentityProof.New => "new",
        IdentityProof.ExternalId => "external-id",
        IdentityProof.Mail => "mail",
        IdentityProof.Name => "name",
        IdentityProof.Administrator => "administrator",
        IdentityProof.Scim => "scim",
        _ => throw new ArgumentOutOfRangeException(nameof(proof), proof, "unknown proof"),
    };
}
