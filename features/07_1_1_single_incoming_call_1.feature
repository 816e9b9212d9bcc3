@guide-7.1.1 @external-2
Feature: 7.1.1 Single Incoming Call 1
  An external caller reaches User A, is put on hold, and is transferred to another external number.

  Scenario: An incoming call is held, resumed and blind transferred to an external number
    Given User A is registered from Teams
    When Step 1: From an external number, dial the User A PBX number
    Then Teams rings for User A
    And the caller sees the call ring
    And the caller-id matches the external number that originated the call
    When Step 2: Answer the call in Teams
    Then 2-way audio is established
    When Step 3: Speak for 45 seconds
    Then the call continues to work
    When Step 4: Place the call on hold in Teams
    Then the caller hears hold music
    When Step 5: Resume the call in Teams
    Then 2-way audio is re-established
    When Step 6: Blind transfer the call to another external number
    Then the external number rings
    And the caller-id is either User A's DiD or the external number that originated the call, as the PBX is configured
    And the transferred party hears ringing or music meanwhile
    When Step 7: Answer the call
    Then 2-way audio is established between the two external devices
    And Teams hangs up
