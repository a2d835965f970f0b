namespace Hutch.Model.Zone;

/// <summary>Channel for a person's notifications of a kind. The list of all mails has them in any case.</summary>
/// <param name="InBell">True if they are shown in the portal's bell.</param>
/// <param name="ByMail">True if they are mailed, where mail is on.</param>
public sealed record NoticeChoice(NoticeKind Kind, bool InBell, bool ByMail);
