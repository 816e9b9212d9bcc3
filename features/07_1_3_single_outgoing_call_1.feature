@guide-7.1.3 @external-2
Feature: 7.1.3 Single Outgoing Call 1
  User A calls an external number, holds it, and transfers it to another external number.

  Scenario: An outgoing call is held, resumed and blind transferred to an external number
    Given User A is registered from Teams
    When Step 1: From User A's Teams client, dial an external number
    Then the external number rings
    And the caller sees the call ring
    When Step 2: Answer the call
    Then 2-way audio is established
    When Step 3: Speak for 45 seconds
    Then the call continues to work
    When Step 4: Place the call on hold in Teams
    Then the external party hears hold music
    When Step 5: Resume the call in Teams
    Then 2-way audio is re-established
    When Step 6: Blind transfer the call to another external number, Teams staying until it answers
    Then the external number rings
    And the transferred party hears ringing or music meanwhile
    When Step 7: Answer the call
    Then 2-way audio is established between the two external devices
    And Teams hangs up
