using Hutch.Model.Zone;
using Hutch.Zone.Credentials;

namespace Hutch.Zone.Grants;

/// <summary>A new share link with its secret, which is shown once.</summary>
/// <param name="Link">The record.</param>
/// <param name="Secret">The secret, used as a bearer token.</param>
public sealed record IssuedLink(LinkRecord Link, IssuedSecret Secret);
