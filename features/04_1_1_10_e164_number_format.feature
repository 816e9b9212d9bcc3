@guide-4.1.1.10 @readiness
Feature: 4.1.1.10 E164 Number Format
  Teams uses E164 numbering. If the PBX expects localized numbers, the profile specifies the
  mapping, and the prefix for an outside line (4.1.1.9).

  Scenario: National numbers are dialled and shown in the PBX's format
    Given User A is registered from Teams
    When User A dials an external number of the same country in the PBX's number format
    Then that number rings as dialled
    When that number calls User A's DiD
    Then Teams is shown a number that means the caller's

  @external-abroad
  Scenario: International numbers are dialled and shown in the PBX's format
    Given User A is registered from Teams
    When User A dials an external number of another country in the PBX's number format
    Then that number rings as dialled
    When that number calls User A's DiD
    Then Teams is shown a number that means the caller's
