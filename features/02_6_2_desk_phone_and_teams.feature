@guide-2.6.2 @readiness @external-0 @shared-extension
Feature: 2.6.2 Multiple SIP devices
  Where a user will retain their desk phone and have Teams operating alongside, the user will
  need two devices attached to their extension.

  Scenario Outline: Desk phone and Teams ring together until <one> answers
    Given Teams is registered for an extension that has a desk phone
    When the desk phone registers for the same extension
    Then a call to the extension rings both
    And when <one> answers, the other stops ringing

    Examples:
      | one            |
      | Teams          |
      | the desk phone |
