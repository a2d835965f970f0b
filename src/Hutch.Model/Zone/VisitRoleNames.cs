namespace Hutch.Model.Zone;

public static class VisitRoleNames
{
    public static string ToName(this VisitRole role) => role switch
    {
        VisitRole.PrincipalInvestigator => "principal-investigator",
        VisitRole.LocalContact => "local-contact",
        _ => "experimenter",
    };

    public static Result<VisitRole> Parse(string text)
    {
        foreach (VisitRole role in Enum.GetValues<VisitRole>())
        {
            if (role.ToName() == text)
            {
                return role;
            }
        }

        return ErrorCode.BadRequest.With(
            $"{Display.Quote(text)} is not a role in a visit: use principal-investigator, experimenter or local-contact.");
    }
}
