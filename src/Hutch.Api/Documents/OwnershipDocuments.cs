namespace Hutch.Api.Documents;

/// <summary>Offers of datasets, and the rights that stay with them, as the REST interface writes them.</summary>
internal static class OwnershipDocuments
{
    public static OfferInfo From(OfferDescription offer) => new()
    {
        Dataset = offer.Dataset.Id,
        Name = offer.Dataset.Name.FullName,
        Title = offer.Dataset.Record.Title,
        Files = offer.Dataset.Size.Files,
        Bytes = offer.Dataset.Size.Bytes,
        To = Name(offer.Details.Offer.To),
        By = offer.Details.Offer.By.Name,
        Time = offer.Details.Offer.At,
        GiverKeeps = offer.Details.Keeps == Rights.None ? null : offer.Details.Keeps.ToName(),
        Grants = [.. offer.Details.Grants.Select(From)],
        Hindrance = offer.Hindrance?.Message,
    };

    public static GrantInfo From(GrantRecord grant) => new()
    {
        Principal = Name(grant.Principal),
        Right = grant.Right.ToName(),
        After = grant.From,
        By = grant.GrantedBy,
        Time = grant.GrantedAt,
    };

    private static string Name(PrincipalRecord principal) => (principal.Kind == PrincipalKind.User ? "user:" : "group:") + principal.Name;
}
