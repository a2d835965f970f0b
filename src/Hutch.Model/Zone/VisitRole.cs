namespace Hutch.Model.Zone;

/// <summary>The role of a person in a visit. Only the principal investigator manages the group.</summary>
public enum VisitRole
{
    Experimenter,

    LocalContact,

    PrincipalInvestigator,
}
